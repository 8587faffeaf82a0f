"""Work that goes on until the world ends."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack


def keep_running(stack: AsyncExitStack, work: Coroutine[None, None, None]) -> None:
    """Run `work` until `stack` ends it."""
    task = asyncio.get_running_loop().create_task(work)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)
