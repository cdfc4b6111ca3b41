using System.Text.Json.Serialization;

namespace Slipway.Api;

/// <param name="Skipped">Answered by an earlier run: nothing ran.</param>
/// <param name="Recovered">Its command failed and its err_cmd accepted that.</param>
public sealed record DatumCounts(long Total, long Processed = 0, long Skipped = 0, long Failed = 0, long Recovered = 0, long Running = 0)
{
    /// <summary>Those that have their answer, of whatever kind.</summary>
    [JsonIgnore]
    public long Done => Processed + Skipped + Failed + Recovered;
}
