#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Servers of gRPC that say how they are, one in each of some namespaces.

    health.py DIR NAMESPACE...

They listen at port 50051 and, with DIR/cert and DIR/key, over TLS at 50052.
The service web.Shop and the server itself are serving as long as there is no
file DIR/nginx-NAMESPACE/sick; no other service is known. "ready" is said when
all listen.
"""
import concurrent.futures
import ctypes
import os
import sys

import grpc

CHECK = "/grpc.health.v1.Health/Check"
CLONE_NEWNET = 0x40000000
# Messages as they are written: field 1 is a string or a number
KNOWN = (b"", b"\x0a\x08web.Shop")
SERVING = b"\x08\x01"
NOT_SERVING = b"\x08\x02"


class Health(grpc.GenericRpcHandler):
    """Knows one method."""

    def __init__(self, sick):
        self.sick = sick

    def check(self, request, context):
        """Takes bytes and returns bytes."""
        if request not in KNOWN:
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown service")
        return NOT_SERVING if os.path.exists(self.sick) else SERVING

    def service(self, handler_call_details):
        if handler_call_details.method != CHECK:
            return None
        return grpc.unary_unary_rpc_method_handler(self.check)


def enter(namespace):
    """What is opened by this thread from now on is in there."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(os.path.join("/run/netns", namespace), "rb") as file:
        if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), namespace)


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def main():
    directory = sys.argv[1]
    workers = concurrent.futures.ThreadPoolExecutor(2)
    identity = grpc.ssl_server_credentials(
        [(read(directory, "key"), read(directory, "cert"))])
    servers = []
    for namespace in sys.argv[2:]:
        enter(namespace)
        sick = os.path.join(directory, "nginx-" + namespace, "sick")
        server = grpc.server(workers, handlers=[Health(sick)])
        server.add_insecure_port("[::]:50051")
        server.add_secure_port("[::]:50052", identity)
        server.start()
        servers.append(server)
    print("ready", flush=True)
    for server in servers:
        server.wait_for_termination()


main()
