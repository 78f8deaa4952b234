"""Printing holds up nobody, ends when it must, and opens nothing but our own assets."""

from __future__ import annotations

import asyncio
import http.server
import os
import threading

import pytest

from api.answers import Problem
from api.reports.press import MOST_WAITING, Press
from api.reports.printing import print_document
from tests.api.pdf_read import pages_of


async def until_printing(press: Press) -> None:
    for _ in range(1000):
        if press.pid is not None:
            return
        await asyncio.sleep(0.01)


def test_printing_has_a_deadline_and_its_process_is_ended() -> None:
    press = Press(within_s=1.0, program="tests.api.slow_printing")
    pids = []

    async def ask() -> None:
        task = asyncio.create_task(press.print("<p>x</p>", []))
        await until_printing(press)
        pids.append(press.pid)
        with pytest.raises(Problem, match="not printed within 1 s"):
            await task

    asyncio.run(ask())
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
    assert press.pid is None


def test_a_press_with_too_many_waiting_says_so_at_once_and_ends_with_the_server() -> None:
    press = Press(within_s=30.0, program="tests.api.slow_printing")

    async def ask() -> None:
        tasks = [asyncio.create_task(press.print("<p>x</p>", []))]
        await until_printing(press)
        tasks += [asyncio.create_task(press.print("<p>x</p>", [])) for _ in range(MOST_WAITING)]
        await asyncio.sleep(0.05)
        with pytest.raises(Problem, match="other documents are being printed"):
            await press.print("<p>x</p>", [])
        for task in tasks[1:]:
            task.cancel()
        press.close()
        with pytest.raises(Problem, match="could not be printed"):
            await tasks[0]

    asyncio.run(asyncio.wait_for(ask(), 20))


def test_printing_opens_nothing_but_our_own_assets(tmp_path) -> None:
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg"><text>GEHEIM</text></svg>')
    asked: list[str] = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        outside = f"http://127.0.0.1:{server.server_port}/x"
        html = (
            f'<html lang="fr"><head><title>t</title><link rel="stylesheet" href="{outside}.css"></head><body>'
            f'<img src="{outside}.png" alt="a"><img src="{secret.as_uri()}" alt="b"><svg><image href="{outside}.svg"/></svg>'
            f'<p style="background: url({outside}.gif)">Paragraphe</p></body></html>'
        )
        content = print_document(html, [f'@import "{outside}2.css"; p {{ background: url({outside}3.png) }}'])
    finally:
        server.shutdown()
        thread.join(timeout=10)
        server.server_close()
    assert asked == []
    assert "Paragraphe" in pages_of(content)[0]
    assert "GEHEIM" not in pages_of(content)[0]
