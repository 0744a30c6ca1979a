"""Configuration of JupyterHub. What depends on the plan stands beside it in settings.json."""

import hashlib
import json
import os
import sys
from pathlib import Path

import bcrypt
from nativeauthenticator import NativeAuthenticator
from nativeauthenticator.orm import UserInfo

c = get_config()  # noqa: F821

settings = json.loads(Path(__file__).with_name("settings.json").read_text())
hub = settings["hub"]
accounts = settings["accounts"]
servers = settings["servers"]
culling = servers["culling"]


class PlatformAuthenticator(NativeAuthenticator):
    """Accounts with a password each, in the hub's database.

    The administrator is there from the first start, with the password of the Secret: otherwise whoever signs up
    first under that name would be the administrator. A changed Secret holds from the next start on.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.keep_administrator(accounts["administrator"], os.environ["ADMINISTRATOR_PASSWORD"])

    def keep_administrator(self, username: str, password: str) -> None:
        account = self.get_user(username)
        if account is None:
            account = UserInfo(username=username, password=hashed(password))
            self.db.add(account)
        elif not account.is_valid_password(password):
            account.password = hashed(password)
        account.is_authorized = True
        self.db.commit()


def hashed(password: str) -> bytes:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())


# Who may come in: those whom the administrator has admitted, which the authenticator looks up itself.
c.JupyterHub.authenticator_class = PlatformAuthenticator
c.Authenticator.admin_users = {accounts["administrator"]}
c.Authenticator.allow_all = True
c.NativeAuthenticator.open_signup = False
c.NativeAuthenticator.check_common_password = True
c.NativeAuthenticator.minimum_password_length = accounts["minimumPasswordLength"]
c.NativeAuthenticator.allowed_failed_logins = accounts["failedLogins"]
c.NativeAuthenticator.seconds_before_next_try = accounts["closedSeconds"]

# The hub. Host, port, user and password of the database come from libpq's variables.
c.JupyterHub.db_url = "postgresql+psycopg2:///jupyterhub"
c.JupyterHub.db_kwargs = {"pool_size": hub["connections"], "max_overflow": 0, "pool_pre_ping": True}
# The database is dumped each night.
c.JupyterHub.upgrade_db = True
# 32 bytes, however long the Secret is.
c.JupyterHub.cookie_secret = hashlib.sha256(os.environ["COOKIE_SECRET"].encode()).digest()
c.JupyterHub.hub_bind_url = f"http://:{hub['port']}"
c.JupyterHub.hub_connect_url = hub["url"]
c.JupyterHub.log_level = hub["logLevel"]
# Servers go on while the hub or the proxy restarts; the hub finds them again.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.last_activity_interval = 60
# Prometheus may scrape; the network policy admits nobody else.
c.JupyterHub.authenticate_prometheus = False
# The ingress serves one host, and no domain for each user.
c.JupyterHub.bind_url = "http://:8000"

# The proxy is a Deployment of its own and keeps connections while the hub restarts.
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = settings["proxy"]["apiUrl"]

# What bounds the namespace: no server starts that the quota would refuse.
c.JupyterHub.active_server_limit = servers["activeServerLimit"]
c.JupyterHub.concurrent_spawn_limit = servers["activeServerLimit"]
c.JupyterHub.allow_named_servers = False

c.JupyterHub.services = [
    {
        "name": "idle-culler",
        "command": [
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            f"--url=http://localhost:{hub['port']}/hub/api",
            f"--timeout={culling['serverSeconds']}",
            f"--cull-every={culling['everySeconds']}",
            f"--max-age={culling['maxAgeSeconds']}",
            "--concurrency=2",
        ],
    }
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "services": ["idle-culler"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }
]

# The servers.
c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = servers["namespace"]
c.KubeSpawner.image = servers["image"]
c.KubeSpawner.image_pull_policy = "IfNotPresent"
c.KubeSpawner.cmd = ["jupyterhub-singleuser"]
c.KubeSpawner.args = [
    f"--MappingKernelManager.cull_idle_timeout={culling['kernelSeconds']}",
    f"--MappingKernelManager.cull_interval={culling['everySeconds']}",
]
c.KubeSpawner.port = servers["port"]
c.KubeSpawner.start_timeout = servers["startSeconds"]
c.KubeSpawner.http_timeout = 120
c.KubeSpawner.environment = servers["environment"]
c.KubeSpawner.common_labels = servers["labels"]
c.KubeSpawner.component_label = servers["role"]
c.KubeSpawner.priority_class_name = servers["priorityClass"]
c.KubeSpawner.service_account = servers["serviceAccount"]
c.KubeSpawner.automount_service_account_token = False
c.KubeSpawner.extra_pod_config = {"enableServiceLinks": False}
c.KubeSpawner.uid = servers["uid"]
c.KubeSpawner.gid = servers["gid"]
c.KubeSpawner.fs_gid = servers["gid"]
c.KubeSpawner.pod_security_context = {
    "runAsNonRoot": True,
    "fsGroupChangePolicy": "OnRootMismatch",
    "seccompProfile": {"type": "RuntimeDefault"},
}
c.KubeSpawner.allow_privilege_escalation = False
c.KubeSpawner.container_security_context = {"capabilities": {"drop": ["ALL"]}}

c.KubeSpawner.storage_pvc_ensure = True
c.KubeSpawner.storage_class = servers["storage"]["class"]
c.KubeSpawner.storage_capacity = servers["storage"]["size"]
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
# Whoever deletes an account keeps its files until the claim is deleted by hand.
c.KubeSpawner.delete_pvc = False
c.KubeSpawner.volumes = [
    {"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}},
    {"name": "starter", "configMap": {"name": servers["starter"]["configMap"]}},
]
c.KubeSpawner.volume_mounts = [
    {"name": "home", "mountPath": "/home/jovyan"},
    {"name": "starter", "mountPath": servers["starter"]["path"], "readOnly": True},
]
c.KubeSpawner.lifecycle_hooks = {
    "postStart": {"exec": {"command": ["sh", f"{servers['starter']['path']}/copy-starter.sh"]}}
}


def choice(profile: dict) -> dict:
    """A profile as KubeSpawner takes it; bytes and cores."""
    requests, limits = profile["requests"], profile["limits"]
    return {
        "slug": profile["name"],
        "display_name": profile["title"],
        "description": f"Up to {limits['memoryMebibytes']} MiB of memory and {limits['cpuMillicores'] / 1000:g} CPU",
        "default": profile["name"] == servers["defaultProfile"],
        "kubespawner_override": {
            "mem_guarantee": requests["memoryMebibytes"] * 1024**2,
            "mem_limit": limits["memoryMebibytes"] * 1024**2,
            "cpu_guarantee": requests["cpuMillicores"] / 1000,
            "cpu_limit": limits["cpuMillicores"] / 1000,
        },
    }


profiles = [choice(profile) for profile in servers["profiles"]]
c.KubeSpawner.profile_list = profiles
# Whoever starts a server past the form, by the API, gets the default.
for name, value in next(p for p in profiles if p["default"])["kubespawner_override"].items():
    setattr(c.KubeSpawner, name, value)
