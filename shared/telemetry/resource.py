"""What a process tells of itself with everything it exports.

https://opentelemetry.io/docs/specs/semconv/resource/; Cloud Monitoring derives a series' location, job and instance.
"""

from shared.settings import TelemetrySettings


def describe_process(function: str, settings: TelemetrySettings) -> dict[str, str]:
    """Resource attributes; the exporter adds the instance."""
    release = settings.release
    return {
        "service.namespace": "nanobanana",
        "service.name": function,
        "service.version": release.version,
        "deployment.environment.name": settings.environment,
        "faas.version": release.revision,
        "container.image.id": release.digest,
        "cloud.provider": "gcp",
        "cloud.account.id": settings.project,
        "cloud.region": settings.location,
        "gcp.project_id": settings.project,
    }
