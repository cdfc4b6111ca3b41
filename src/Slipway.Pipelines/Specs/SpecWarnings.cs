using System.Collections.Immutable;
using Slipway.Pipelines.Specs.Syntax;

namespace Slipway.Pipelines.Specs;

/// <summary>Gathers what a file says that has no effect here.</summary>
internal sealed class SpecWarnings(string fileName)
{
    private readonly ImmutableArray<string>.Builder _warnings = ImmutableArray.CreateBuilder<string>();

    public void Add(SpecPosition at, string field, string message) => _warnings.Add($"{fileName}:{at.Line}:{at.Column}: {field}: {message}");

    public ImmutableArray<string> ToImmutable() => _warnings.ToImmutable();
}
