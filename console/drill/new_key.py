"""`python -m console.drill.new_key HANDSHAKE [KIND]`: prints the drill operator's key, as a password manager would."""

import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Print the key of the world whose handshake is named; exit 1 where that world is gone, 2 on bad usage."""
    from console.drill.handshake import Handshake
    from console.drill.process import WorldFailed, WorldHandle

    if not 1 <= len(arguments) <= 2:
        sys.stderr.write("usage: python -m console.drill.new_key HANDSHAKE [KIND]\n")
        return 2
    try:
        world = WorldHandle(Handshake.model_validate_json(Path(arguments[0]).read_bytes()))
        sys.stdout.write(world.operator_key(*arguments[1:]) + "\n")
    except (OSError, WorldFailed) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
