"""How Google Cloud says a plan: VPC, Cloud KMS, Cloud Storage and GKE, a module each."""
