"""Starts the runtime client with the search path that functions have on Lambda.

The function's own folder comes first, then the layers, then the SDK, then everything else. The
folders of the function and of the layers are site folders: their `.pth` files are read. Who sets
PYTHONPATH finds neither layers nor SDK in front, as on Lambda.
"""

import gc

# What is imported here stays. Looking for garbage in it costs a millisecond and a half.
gc.disable()

import os
import site
import sys

import awslambdaric.__main__ as client

# As if it had been looked for: all there is has survived, and is counted as old.
gc.freeze()
gc.unfreeze()
gc.enable()

TASK = os.environ["LAMBDA_TASK_ROOT"]
VERSION = "python{}.{}".format(*sys.version_info[:2])
# Outside a sandbox the folders have other names.
LAYERS = os.environ.pop("BARROW_OPT", "/opt")
SDK = os.environ.pop("BARROW_SITE_PACKAGES", os.path.join("/var/lang/lib", VERSION, "site-packages"))

# Some distributions' interpreters do not look into a folder of this name.
if os.path.isdir(SDK) and SDK not in sys.path:
    sys.path.append(SDK)

layer_folders = [
    os.path.join(LAYERS, "python/lib", VERSION, "site-packages"),
    os.path.join(LAYERS, "python"),
]
site_folders = [TASK]
if "PYTHONPATH" not in os.environ:
    # Up to python3.10 the SDK lies beside the client.
    sdk_folders = [SDK] if sys.version_info >= (3, 11) else []
    sys.path[:0] = layer_folders + sdk_folders
    site_folders += layer_folders
    os.environ["PYTHONPATH"] = os.environ["LAMBDA_RUNTIME_DIR"]
sys.path.insert(0, TASK)
for folder in site_folders:
    site.addsitedir(folder)

client.main([TASK, os.environ["_HANDLER"]])
