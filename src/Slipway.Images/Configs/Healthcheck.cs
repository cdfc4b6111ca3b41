using System.Collections.Immutable;

namespace Slipway.Images;

/// <summary>How a container of the image is probed. Times in nanoseconds, as Docker's config has them; zero or null means inherited.</summary>
/// <param name="Test"><c>NONE</c>, or <c>CMD</c> and arguments, or <c>CMD-SHELL</c> and one command line.</param>
public sealed record Healthcheck(ImmutableArray<string> Test)
{
    public long Interval { get; init; }

    public long Timeout { get; init; }

    public long StartPeriod { get; init; }

    public long StartInterval { get; init; }

    public int Retries { get; init; }
}
