"""The mechanisms that know nothing of the law: clock, scope, access, record, ledger, resource, flow, borders."""

import os

# Pinyin is asked for of single characters; the table of phrases would cost each process 47 MB for nothing.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
os.environ.setdefault("PYPINYIN_NO_DICT_COPY", "true")
