"""Read and write the review comment of a pull request in GitHub and in Azure DevOps."""
