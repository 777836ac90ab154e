from stacks import bindings as bindings  # first of all: it makes the providers' modules lazy
