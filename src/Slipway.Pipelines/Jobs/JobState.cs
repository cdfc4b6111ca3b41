using System.Text.Json.Serialization;

namespace Slipway.Pipelines.Jobs;

/// <summary>Where a job stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>Waits for its inputs, or for earlier jobs of its pipeline.</summary>
    Created,

    /// <summary>Its datums are planned or running.</summary>
    Running,

    /// <summary>Done; its output commit is the branch's head, or was.</summary>
    Succeeded,

    /// <summary>A datum failed, or the job itself; its output commit is marked failed.</summary>
    Failed,

    /// <summary>Not run, since a commit that it reads failed.</summary>
    Unrunnable,

    /// <summary>Stopped by a person.</summary>
    Killed,
}
