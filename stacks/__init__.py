from stacks import bindings as bindings  # This import comes first, because it makes the providers' modules lazy.
