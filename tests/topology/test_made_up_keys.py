"""The rehearsal invents keys for clusters without committed keys."""

from hvn.login.pem import public_key
from hvn.topology import made_up_keys


def test_keys_depend_only_on_the_spoke_and_differ() -> None:
    (payments,), (orders,) = made_up_keys.keys("payments").pubkeys, made_up_keys.keys("orders").pubkeys
    assert (payments,) == made_up_keys.keys("payments").pubkeys
    assert payments != orders
    public_key(payments)
