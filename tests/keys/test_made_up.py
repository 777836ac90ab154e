"""The rehearsal invents keys for clusters without committed keys."""

from hvn.keys import made_up
from hvn.login.pem import public_key


def test_keys_depend_only_on_the_spoke_and_differ() -> None:
    (payments,), (orders,) = made_up.keys("payments").pubkeys, made_up.keys("orders").pubkeys
    assert (payments,) == made_up.keys("payments").pubkeys
    assert payments != orders
    public_key(payments)
