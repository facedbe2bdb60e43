"""Points fedcloudclient 1.4.4, which has the address of its server in its code, at another one.

Python runs this file at its start when its folder is in PYTHONPATH. FEDCLOUD_VAULT_ENDPOINT is the address, as
later versions of the client read it themselves.
"""

import os
import sys

try:
    from fedcloudclient import secret

    secret.VAULT_ADDR = os.environ["FEDCLOUD_VAULT_ENDPOINT"]
except Exception as error:  # anything else would leave the client with the server in its code
    sys.exit(f"cannot redirect fedcloudclient: {error!r}")
