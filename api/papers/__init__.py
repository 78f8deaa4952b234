"""The papers that the law asks for, written by the running system: what it holds, why, how long, who receives it, what proves it."""
