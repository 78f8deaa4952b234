"""An element of XML as the names and values a map reads."""

from __future__ import annotations

from datasources.readers.xml import Element, local, text_of


def told_by(element: Element) -> dict[str, object]:
    """Return the fields of an element: texts, objects of those that hold elements, lists of those that repeat.

    Names are local ones; the record's own attributes are `@name`, those of a field `field@name`.
    """
    told: dict[str, object] = {f"@{local_name(name)}": value for name, value in element.attrib.items()}
    for child in element.iterchildren(tag="*"):
        name = local(child)
        value: object = told_by(child) if len(child) else text_of(child)
        if not len(child):
            told |= {f"{name}@{local_name(attribute)}": text for attribute, text in child.attrib.items()}
        known = told.get(name)
        if name not in told:
            told[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            told[name] = [known, value]
    return told


def local_name(name: object) -> str:
    """Return the name of an attribute without its namespace."""
    return str(name).rpartition("}")[2]
