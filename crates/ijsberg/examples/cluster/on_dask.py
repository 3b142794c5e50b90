"""A linkage and a simulation study in parts on Dask: on_dask.py WORK [LISTS] [--scheduler ADDRESS].

Without an address it starts a cluster of processes on this machine, which listens on 127.0.0.1 only.
"""

import dask
import parts
import whole
from dask.distributed import Client, LocalCluster


def main():
    asked = whole.made(whole.arguments("Dask", "--scheduler").parse_args())
    dask.config.set({"temporary-directory": str(asked.work / "dask")})
    local = None
    if not asked.address:
        local = LocalCluster(
            n_workers=asked.workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
        )
    with Client(asked.address or local) as client:
        # Workers need not have this folder: the module comes to them from here.
        client.upload_file(parts.__file__)

        def spread(work, numbers):
            # Parts of the same name differ in the files that they write, which Dask does not see: a part runs whenever it is asked.
            return client.gather(client.map(work, numbers, pure=False, retries=2))

        whole.link(asked, spread)
        if asked.study:
            whole.study(asked, spread)
    if local:
        local.close()


if __name__ == "__main__":
    main()
