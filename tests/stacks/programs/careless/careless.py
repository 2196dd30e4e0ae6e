"""A deliberately bad stack: sixty resources over three clouds, most of them wrong in one or two ways.

What is right stands beside what is wrong, split resources beside inline settings, and values that are
known beside those that other resources or secrets bring. `golden/careless-*.txt` tells every finding.
"""

import careless_aws
import careless_azure
import careless_gcp

careless_aws.build()
careless_gcp.build()
careless_azure.build()
