namespace Slipway.Build;

/// <summary>The time that stands in an image where a clock would make two builds differ. In its layers also where a commit's time would.</summary>
public static class ReproducibleTime
{
    /// <summary>
    /// 2000-01-01T00:00:00Z: after 1980, which zip files need, and before every file that a build makes, so that every time is clamped to it.
    /// </summary>
    public static DateTimeOffset Default { get; } = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
