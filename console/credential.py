"""Secrets by reference: an environment variable, or a command that prints one. What they hold goes nowhere else."""

import asyncio
import os
from collections.abc import Sequence

from pydantic import SecretStr

from skills.contract import SkillError

_TIMEOUT_SECONDS = 30


async def credential(variable: str, command: Sequence[str], *, setting: str) -> SecretStr:
    """Return the secret that `variable` holds, else what `command` prints; an empty one where neither is named.

    Raises:
        SkillError: the variable is not set, or the command failed.
    """
    if variable:
        if (value := os.environ.get(variable)) is None:
            raise SkillError(f"{variable} is not set", "", f"set it, or change {setting}")
        return SecretStr(value)
    return await print_secret(command, hint=f"mend {setting}") if command else SecretStr("")


async def print_secret(command: Sequence[str], *, hint: str) -> SecretStr:
    """Run a command such as `op read …` and return its first line of output.

    Raises:
        SkillError: it failed; what it printed is never quoted.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
    except OSError as error:
        raise SkillError(f"{command[0]}: {error.strerror}", "", hint) from error
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise SkillError(f"{command[0]}: no answer in {_TIMEOUT_SECONDS} s", "", hint) from error
    lines = output.decode(errors="replace").splitlines()
    if process.returncode or not lines:
        raise SkillError(f"{command[0]}: exit status {process.returncode}", "", hint)
    return SecretStr(lines[0].strip())
