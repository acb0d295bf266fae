"""Spreadsheets: workbooks as real offices build them, and workbooks as an attacker would."""
