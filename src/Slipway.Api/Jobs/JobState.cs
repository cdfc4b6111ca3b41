using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <summary>Where a job stands.</summary>
[JsonConverter(typeof(CamelCaseEnum<JobState>))]
public enum JobState
{
    /// <summary>Waits for its inputs or for room.</summary>
    Waiting,
    Running,
    Succeeded,
    Failed,
    Killed,

    /// <summary>Not run, because something that it reads failed.</summary>
    Unrunnable,
}
