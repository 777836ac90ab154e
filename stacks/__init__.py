from stacks import bindings as bindings  # the first import of a stack, because it makes the providers' modules lazy
