using Slipway.Content.Keys;

namespace Slipway.Content.Metadata.Sealed;

/// <summary>Who knows the opened keys of encrypted projects.</summary>
public interface IKeyRing
{
    /// <summary>The keys of a project; null where it is not encrypted.</summary>
    /// <exception cref="SlipwayException"><see cref="ErrorKind.FailedPrecondition"/>: it is encrypted and locked.</exception>
    ProjectKeys? Find(string project);

    /// <summary>True for an encrypted project whose keys could not be opened.</summary>
    bool IsLocked(string project);
}
