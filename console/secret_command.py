"""A configured command that prints a secret: `op read …`, `vault kv get …`."""

import asyncio
from collections.abc import Sequence

from pydantic import SecretStr

from skills.contract import SkillError

_TIMEOUT_SECONDS = 30


async def print_secret(command: Sequence[str]) -> SecretStr:
    """Run the command and return its first line of output, which goes nowhere else.

    Raises:
        SkillError: no command, or it failed; what it printed on stdout is never quoted.
    """
    if not command:
        raise SkillError("No command is configured that prints the secret", "", "paste it instead")
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise SkillError(f"{command[0]}: {error.strerror}", "", "mend new_key_command, or paste the secret") from error
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise SkillError(f"{command[0]}: no answer in {_TIMEOUT_SECONDS} s", "", "paste the secret instead") from error
    lines = output.decode(errors="replace").splitlines()
    if process.returncode or not lines:
        raise SkillError(f"{command[0]}: exit status {process.returncode}", "", "mend it, or paste the secret")
    return SecretStr(lines[0].strip())
