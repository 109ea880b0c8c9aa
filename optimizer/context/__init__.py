"""What can the build see? The context, its ignore rules, its history; no Dockerfile is read."""
