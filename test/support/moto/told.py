"""What the server says of what it did, and what a test makes it wait for."""
import os

HOLDS = os.environ.get("MOTO_HOLDS")  # folder of the test


def tell(*words):
    """A line of the log, by one write to where the requests are logged: threads would mix the words up."""
    os.write(2, (" ".join(map(str, words)) + "\n").encode())


def held(what):
    """Whether the test wants that to go on, such as `prepare`, until it lets go."""
    return bool(HOLDS) and os.path.exists(os.path.join(HOLDS, what))
