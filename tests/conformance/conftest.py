"""A cluster for each case; the official client is loaded once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.drill.kube import KubeWorld
from tests.conformance.cluster_under_test import ClusterUnderTest, connected


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[ClusterUnderTest]:
    async with connected(tmp_path) as under_test:
        yield under_test


@pytest.fixture
def world(cluster: ClusterUnderTest) -> KubeWorld:
    """The loopback cluster's inside; a case that needs it is skipped on a real cluster."""
    if cluster.world is None:
        pytest.skip("needs the loopback cluster's switches")
    return cluster.world
