"""What is kept of a customer's address: a hash under the installation's key, and no more."""

import hashlib
import hmac
from collections.abc import Callable


def keyed(secret: str) -> Callable[[str], str]:
    """Return the function that hashes an address under a key derived from `secret`."""
    key = hashlib.sha256(b"contact:" + secret.encode()).digest()
    return lambda address: hmac.new(key, address.encode(), hashlib.sha256).hexdigest()
