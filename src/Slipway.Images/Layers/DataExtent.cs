namespace Slipway.Images.Layers;

/// <summary>A stretch of a sparse file that holds data; what is between extents is zeros.</summary>
internal readonly record struct DataExtent(long Offset, long Length);
