using System.Collections.Immutable;
using Slipway.Build.Dockerfiles;
using Slipway.Content;

namespace Slipway.Build.Planning;

/// <summary>Collects the faults that show only when a Dockerfile's variables are replaced and its names looked up.</summary>
internal sealed class PlanFaults(string name, ImmutableArray<string> lines)
{
    private readonly List<Diagnostic> _faults = [];

    public void Add(SourceSpan? span, string message, string? hint = null)
    {
        Diagnostic fault = new(span ?? new(1, 1), message, hint);
        if (!_faults.Contains(fault))
        {
            _faults.Add(fault);
        }
    }

    /// <summary>The result, or <paramref name="otherwise"/> with the fault noted.</summary>
    public T Try<T>(SourceSpan? span, Func<T> read, T otherwise)
    {
        try
        {
            return read();
        }
        catch (DockerfileSyntaxException fault)
        {
            Add(span, fault.Message, fault.Hint);
            return otherwise;
        }
    }

    /// <exception cref="SlipwayException"><see cref="ErrorKind.InvalidArgument"/>, with every fault and its lines.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
        {
            throw SourceExcerpt.Failure(name, lines, [.. _faults.OrderBy(fault => fault.Span.StartLine)]);
        }
    }
}
