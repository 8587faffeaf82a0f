"""`astreinte diagnose --logs FILE… [--json]`: name the cause from logs alone."""

import json
from argparse import Namespace

from console.verbs.triage import read_files
from skills.devops.monitoring.logs import diagnose_logs
from store.safe_text import plain


def run(options: Namespace) -> int:
    """Diagnose each file as a case of its own."""
    for row in diagnose_logs(read_files(options.files)):
        if options.json:
            print(json.dumps(row, ensure_ascii=False), flush=True)
        else:
            also = f"  (also {', '.join(row['also'])})" if row["also"] else ""
            print(plain(f"{row['file']}  {row['cause']}  {row['confidence']:.2f}{also}  {row['why']}"), flush=True)
    return 0
