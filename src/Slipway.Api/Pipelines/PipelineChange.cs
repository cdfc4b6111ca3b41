using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <param name="Reason">What differs, when updated.</param>
public sealed record PipelineChange(string Name, PipelineOutcome Outcome, string? Reason = null);

/// <summary>What a specification did to its pipeline.</summary>
[JsonConverter(typeof(CamelCaseEnum<PipelineOutcome>))]
public enum PipelineOutcome
{
    Unchanged,
    Created,
    Updated,
}
