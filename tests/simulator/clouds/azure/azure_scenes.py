"""What several cases stand on: small, complete surroundings in Azure."""

from isthmus_simulator.values import Properties
from tests.simulator.clouds.azure.conftest import Subscription

Step = tuple[str, str, Properties]
"""What to create: module and type, logical name, inputs."""

NETWORK: Step = (
    "network:VirtualNetwork", "net",
    {"virtualNetworkName": "net", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
     "subnets": [{"name": "inline", "addressPrefix": "10.0.9.0/24"}]},
)  # fmt: skip
SUBNET: Step = (
    "network:Subnet", "sub", {"virtualNetworkName": "net", "addressPrefix": "10.0.1.0/24"},
)  # fmt: skip
INTERFACE: Step = (
    "network:NetworkInterface", "nic",
    {"networkInterfaceName": "nic", "ipConfigurations": [{"name": "ip", "subnet": {"id": "$sub"}}]},
)  # fmt: skip
FIREWALL: Step = ("network:NetworkSecurityGroup", "nsg", {"networkSecurityGroupName": "nsg"})
STORE: Step = (
    "storage:StorageAccount", "store",
    {"accountName": "store", "kind": "StorageV2", "sku": {"name": "Standard_LRS"}},
)  # fmt: skip
PLAN: Step = ("web:AppServicePlan", "plan", {"name": "plan", "sku": {"name": "B1"}})
IDENTITY: Step = ("managedidentity:UserAssignedIdentity", "who", {"resourceName": "who"})

ROLE = (
    "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/"
    "acdd72a7-3385-48ef-bd42-f606fba81ae7"
)
GUID = "6f9619ff-8b86-d011-b42d-00c04fc964ff"


def machine(**changes: object) -> Step:
    inputs: Properties = {
        "vmName": "vm", "hardwareProfile": {"vmSize": "Standard_D2s_v3"},
        "networkProfile": {"networkInterfaces": [{"id": "$nic"}]},
        "osProfile": {"computerName": "vm", "adminUsername": "pulumi", "adminPassword": "Abcd1234xyz!"},
        "storageProfile": {"osDisk": {"createOption": "FromImage"}},
    }  # fmt: skip
    return "compute:VirtualMachine", "vm", {**inputs, **changes}


def cluster(**changes: object) -> Step:
    pool = {"name": "system", "mode": "System", "count": 3, "vmSize": "Standard_D4s_v5"}
    inputs: Properties = {
        "resourceName": "aks", "dnsPrefix": "aks", "identity": {"type": "SystemAssigned"},
        "agentPoolProfiles": [pool],
    }  # fmt: skip
    return "containerservice:ManagedCluster", "aks", {**inputs, **changes}


def vault(**changes: object) -> Step:
    properties = {"tenantId": GUID, "sku": {"family": "A", "name": "standard"}, **changes}
    return "keyvault:Vault", "vault", {"vaultName": "vault", "properties": properties}


def build(account: Subscription, *steps: Step) -> None:
    for kind, name, inputs in steps:
        account.create(kind, name, inputs)
