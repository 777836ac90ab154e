#!/usr/bin/env bash
# plans.sh ARGUMENTS: log in and run `bin/hvn plans ARGUMENTS`, in a task AzureCLI@2.
. examples/azure-devops/login.sh

# The output contains errors of Terraform and of the clouds' APIs: the agent must not run commands (##vso[…]) in it.
bin/hvn plans "$@" 2>&1 | sed 's/##/# #/g'
