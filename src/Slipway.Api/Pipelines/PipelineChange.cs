using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <param name="Reason">What differs, when updated.</param>
/// <param name="GlobalId">Joins what the change caused to run; unset when nothing is to run.</param>
/// <param name="Warnings">Fields of the specification that are accepted and have no effect, each in a sentence.</param>
public sealed record PipelineChange(
    string Name, PipelineOutcome Outcome, string? Reason = null, string? GlobalId = null, IReadOnlyList<string>? Warnings = null);

/// <summary>What a specification did to its pipeline.</summary>
[JsonConverter(typeof(CamelCaseEnum<PipelineOutcome>))]
public enum PipelineOutcome
{
    Unchanged,
    Created,
    Updated,
}
