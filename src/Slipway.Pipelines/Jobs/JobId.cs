using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Slipway.Content;
using Slipway.Data;
using Slipway.Data.Commits;

namespace Slipway.Pipelines.Jobs;

/// <summary>A job: the run of a pipeline for a global id. Written <c>pipeline@global-id</c>, which is also the name of its output commit.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct JobId(PipelineName Pipeline, GlobalId GlobalId)
{
    /// <summary>Reads <c>pipeline@global-id</c>.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>: not of that form.</exception>
    public static JobId Parse(string text) => TryParse(text, out JobId job)
        ? job
        : throw new SlipwayException(ErrorKind.InvalidArgument, $"'{text}' is not a job", "A job is written pipeline@id; slipway job ls shows them.");

    /// <summary>Reads <c>pipeline@global-id</c>; false where the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out JobId job)
    {
        job = default;
        string[] parts = text?.Split('@') ?? [];
        if (parts.Length != 2 || !PipelineName.TryParse(parts[0], out PipelineName pipeline) || !GlobalId.TryParse(parts[1], out GlobalId id))
        {
            return false;
        }

        job = new JobId(pipeline, id);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Pipeline}@{GlobalId}";

    /// <summary>The id as a JSON string.</summary>
    public sealed class Converter : StringJsonConverter<JobId>
    {
        /// <inheritdoc/>
        protected override JobId Parse(string text) => JobId.Parse(text);
    }
}
