"""The pure core of log diagnosis: bytes in, causes with their proofs out. No network, no clock, light imports.

    recognise(line) -> Recognised           level, time, message, status and pod of one line      (entries)
    fold(lines) -> Iterator[Folded]         multi-line entries, streaming                         (folding)
    pattern_view(lines, onset) -> list      templates with counts, what is new on top             (patterns)
    scan(source, data) -> Scan              the signatures' hits in one log                       (scanning)
    diagnose(evidence, logs) -> Diagnosis   root over symptom, from live facts and logs together  (diagnosis)
    diagnose_logs(files) -> Iterator[dict]  the command line's rows, each file a case of its own  (cases)

Evidence that signatures match is `store.values.Evidence`; kind and facts are this vocabulary:

    kind                 facts
    log                  none; the excerpt is scanned unless the whole log is handed over as `LogText`
    pod.waiting          pod, container, reason, message
    pod.terminated       pod, container, reason, exit_code, message
    pod.condition        pod, type, status ("True" or "False"), reason, message
    deployment.replicas  name, desired, ready, updated
    endpoints            service, ready, not_ready
    event                reason, type, object, message, count
    node.condition       node, type, status
    stripe.probe         status (HTTP), code, mode, expected_mode, mode_matches, reachable, dns
    stripe.account       charges_enabled, payouts_enabled, disabled_reason
    stripe.webhooks      failing (number of endpoints), signature (False: the secret doesn't match)
    http.probe           url, status, seconds
    tls.probe            host, expired, not_after
    dns.probe            host, resolved

Evidence with `unavailable` says that one could not look: it lowers confidence and is never a finding.
"""

from skills.devops.monitoring.logs.cases import diagnose_logs
from skills.devops.monitoring.logs.diagnosis import Diagnosis, LogText, diagnose
from skills.devops.monitoring.logs.entries import Recognised, recognise
from skills.devops.monitoring.logs.folding import Folded, fold
from skills.devops.monitoring.logs.patterns import Pattern, pattern_view
from skills.devops.monitoring.logs.scanning import Scan, scan

__all__ = [
    "Diagnosis",
    "Folded",
    "LogText",
    "Pattern",
    "Recognised",
    "Scan",
    "diagnose",
    "diagnose_logs",
    "fold",
    "pattern_view",
    "recognise",
    "scan",
]
