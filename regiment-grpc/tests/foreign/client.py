"""A client that knows nothing of the server but its address: what it calls, it learns by reflection.

    python client.py HOST:PORT TOKEN

Prints a line for each thing it has seen, and ends with 1 at the first that is otherwise.
"""

import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

CLIENT = "80351110224678912"


class Api:
    """Calls methods by name, with messages built from the server's own descriptors."""

    def __init__(self, channel, token):
        self.channel = channel
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = DescriptorPool(self.database)
        self.token = token

    def call(self, service, method, fields=None, timeout=10, token=None, acting=None):
        described = self.pool.FindServiceByName(f"regiment.v1.{service}").methods_by_name[method]
        request = GetMessageClass(described.input_type)(**(fields or {}))
        kind = self.channel.unary_stream if described.server_streaming else self.channel.unary_unary
        stub = kind(
            f"/regiment.v1.{service}/{method}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(described.output_type).FromString,
        )
        metadata = [("authorization", f"Bearer {self.token if token is None else token}")]
        if acting:
            metadata.append(("regiment-acting-user", acting))
        return stub(request, timeout=timeout, metadata=metadata)

    def refused(self, code, *args, **kwargs):
        """Makes a call that must be refused with a code; returns its error details by type."""
        try:
            answer = self.call(*args, **kwargs)
            answer = list(answer) if hasattr(answer, "__next__") else answer
        except grpc.RpcError as error:
            check(error.code() == code, f"{args[1]}: {error.code()} instead of {code}: {error.details()}")
            status = rpc_status.from_call(error)
            return error, status.details if status else []
        raise SystemExit(f"{args[1]} was answered: {answer}")


def check(holds, said):
    if not holds:
        raise SystemExit(said)


def unpacked(details, kind):
    for detail in details:
        if detail.Is(kind.DESCRIPTOR):
            message = kind()
            detail.Unpack(message)
            return message
    raise SystemExit(f"no {kind.DESCRIPTOR.name} among {details}")


def main(address, token):
    with grpc.insecure_channel(address) as channel:
        api = Api(channel, token)
        services = api.database.get_services()
        for service in ["ClientService", "LogService", "DeliveryService"]:
            check(f"regiment.v1.{service}" in services, f"{service} is not among {services}")
        print("reflection")

        person = {
            "user_id": CLIENT, "display_name": "Ana", "goal": "GOAL_CUT", "timezone_offset": "Europe/Berlin",
            "height_cm": 172, "weight_kg": 74.5, "age": 30, "meal_template_id": "template_b",
            "training_template_id": "steel_block_a", "macros": {"protein": 160, "carbs": 180, "fats": 60},
        }
        asked = {"client": person, "activate": True, "request_id": "once"}
        created = api.call("ClientService", "CreateClient", asked).client
        check(created.user_id == CLIENT and created.etag, f"{created}")
        again = api.call("ClientService", "CreateClient", asked).client
        check(again == created, f"the same request was answered otherwise: {again}")
        listed = api.call("ClientService", "ListClients").clients
        check([client.user_id for client in listed] == [CLIENT], f"{listed}")
        print("unary calls")

        _, details = api.refused(
            grpc.StatusCode.INVALID_ARGUMENT, "ClientService", "ListClients", {"page_size": -1}
        )
        violations = unpacked(details, error_details_pb2.BadRequest).field_violations
        check([violation.field for violation in violations] == ["page_size"], f"{violations}")
        info = unpacked(details, error_details_pb2.ErrorInfo)
        check(info.domain == "regiment" and info.reason, f"{info}")
        api.refused(grpc.StatusCode.NOT_FOUND, "ClientService", "GetClient", {"name": "clients/404"})
        api.refused(grpc.StatusCode.UNAUTHENTICATED, "ClientService", "ListClients", token="forged")
        print("errors")

        stream = api.call("DeliveryService", "Subscribe", {"bot_id": "python"}, timeout=5, acting="1")
        first = next(message for message in stream if message.HasField("delivery"))
        check(first.delivery.ByteSize() > 0, f"{first}")
        stream.cancel()
        print("a stream")

        error, _ = api.refused(
            grpc.StatusCode.DEADLINE_EXCEEDED,
            "DeliveryService", "Subscribe", {"bot_id": "patient"}, timeout=0.5, acting="1",
        )
        check(error is not None, "no deadline")
        print("deadlines")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
