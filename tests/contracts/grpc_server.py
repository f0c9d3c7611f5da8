"""A gRPC server on this machine whose methods answer as a test wants, in bytes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import grpc.aio

Context = grpc.aio.ServicerContext[bytes, bytes]
Answer = Callable[[bytes, Context], Awaitable[bytes]]


@asynccontextmanager
async def serve_grpc(service: str, method: str, answer: Answer, *, streams: bool = False) -> AsyncIterator[str]:
    """The address of a server of one method; with `streams` its answer is a stream of one message."""

    async def stream(request: bytes, context: Context) -> AsyncIterator[bytes]:
        yield await answer(request, context)

    handler: Any = (
        grpc.unary_stream_rpc_method_handler(stream) if streams else grpc.unary_unary_rpc_method_handler(answer)
    )
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {method: handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(grace=None)
