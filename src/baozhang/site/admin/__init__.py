"""The three administrators 三员: accounts and appointments, roles and policy, ledger and seals; none of them sees business."""
