"""The review comment of a pull request in GitHub and in Azure DevOps."""
