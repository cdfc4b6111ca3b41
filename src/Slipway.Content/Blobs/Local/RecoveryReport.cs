namespace Slipway.Content.Blobs;

/// <summary>What opening a store after a crash or a bad disk found and mended. All zero after a clean close.</summary>
/// <param name="TemporaryFiles">Half-written or unsynced files that were removed.</param>
/// <param name="TornBytes">Bytes cut off the end of the segment that was being written.</param>
/// <param name="DamagedBytes">Bytes inside segments that belong to no whole record: blobs that were lost there are stored no longer.</param>
/// <param name="RebuiltIndexes">Indexes, and lists of burials, that were missing or damaged and were made again.</param>
public sealed record RecoveryReport(int TemporaryFiles, long TornBytes, long DamagedBytes, int RebuiltIndexes)
{
    /// <summary>True where nothing had to be mended.</summary>
    public bool IsClean => this == new RecoveryReport(0, 0, 0, 0);
}
