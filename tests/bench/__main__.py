"""`make bench`: speed and memory as ratios in one run. Exit 1 where a limit of the house is missed."""

import sys

from tests.bench import diagnosis_bench, intake_bench, logs_bench, pane_bench, store_bench


def main() -> int:
    """Run every bench; those that have limits, give the status."""
    status = store_bench.main()
    print("\nIntake", flush=True)  # noqa: T201 - a command
    intake_bench.main()
    print("\nDiagnosis", flush=True)  # noqa: T201 - a command
    logs_bench.main()
    status |= diagnosis_bench.main()
    print("\nThe log pane", flush=True)  # noqa: T201 - a command
    return pane_bench.main() or status


if __name__ == "__main__":
    sys.exit(main())
