#!/usr/bin/env bash
# plans.sh ARGUMENTS: log in and run `bin/hvn plans ARGUMENTS`, in an AzureCLI@2 task.
. examples/azure-devops/login.sh

# The output can contain error texts of Terraform and of cloud APIs. The agent must not run logging commands (##vso[…])
# in them.
bin/hvn plans "$@" 2>&1 | sed 's/##/# #/g'
