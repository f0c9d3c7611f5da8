"""The raw protobuf classes behind google-cloud-tasks' own types.

The generated wrappers cost several times as much per field as the messages they wrap, and this
server handles thousands of them a second, so it works on the messages.
"""

from typing import Any

from google.cloud.tasks_v2.types import cloudtasks, queue, task
from google.protobuf import empty_pb2

CreateQueueRequest: Any = cloudtasks.CreateQueueRequest.pb()
GetQueueRequest: Any = cloudtasks.GetQueueRequest.pb()
ListQueuesRequest: Any = cloudtasks.ListQueuesRequest.pb()
ListQueuesResponse: Any = cloudtasks.ListQueuesResponse.pb()
UpdateQueueRequest: Any = cloudtasks.UpdateQueueRequest.pb()
DeleteQueueRequest: Any = cloudtasks.DeleteQueueRequest.pb()
PurgeQueueRequest: Any = cloudtasks.PurgeQueueRequest.pb()
PauseQueueRequest: Any = cloudtasks.PauseQueueRequest.pb()
ResumeQueueRequest: Any = cloudtasks.ResumeQueueRequest.pb()
CreateTaskRequest: Any = cloudtasks.CreateTaskRequest.pb()
GetTaskRequest: Any = cloudtasks.GetTaskRequest.pb()
ListTasksRequest: Any = cloudtasks.ListTasksRequest.pb()
ListTasksResponse: Any = cloudtasks.ListTasksResponse.pb()
DeleteTaskRequest: Any = cloudtasks.DeleteTaskRequest.pb()
RunTaskRequest: Any = cloudtasks.RunTaskRequest.pb()
Queue: Any = queue.Queue.pb()
Task: Any = task.Task.pb()
Empty: Any = empty_pb2.Empty  # type: ignore[attr-defined]  # made when imported

RUNNING = int(queue.Queue.State.RUNNING)
PAUSED = int(queue.Queue.State.PAUSED)
BASIC = int(task.Task.View.BASIC)
FULL = int(task.Task.View.FULL)

HTTP_METHODS = {1: "POST", 2: "GET", 3: "HEAD", 4: "PUT", 5: "DELETE", 6: "PATCH", 7: "OPTIONS"}


def read_seconds(message: Any) -> float:
    """A protobuf Timestamp or Duration as seconds."""
    return float(message.seconds) + float(message.nanos) / 1e9


def write_seconds(message: Any, seconds: float) -> None:
    """Set a protobuf Timestamp or Duration, truncated to the microsecond as the real service does."""
    microseconds = int(seconds * 1_000_000)
    message.seconds = microseconds // 1_000_000
    message.nanos = microseconds % 1_000_000 * 1000
