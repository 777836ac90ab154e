from stacks import bindings as bindings  # the first import, because it makes the providers' modules lazy
