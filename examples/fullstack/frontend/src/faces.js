export const faces = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"];
