namespace Slipway.Content.Keys;

/// <summary>A key that seals the blobs of one project.</summary>
/// <param name="Id">Stands in each blob that it sealed.</param>
/// <param name="Secret">256 bits.</param>
public sealed record DataKey(Guid Id, byte[] Secret)
{
    /// <summary>Says which key it is, never its secret.</summary>
    public override string ToString() => $"data key {Id:n}";
}
