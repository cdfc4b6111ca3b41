namespace Slipway.Build.Provenance;

/// <summary>How much a build says about itself beside its image.</summary>
public enum ProvenanceDetail
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>All but the values of build arguments and labels.</summary>
    Minimal,

    /// <summary>Everything; of arguments whose name is a secret's, only the name.</summary>
    Full,
}
